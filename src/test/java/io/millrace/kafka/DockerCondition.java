package io.millrace.kafka;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/// Skips every test that was to run on a broker in a container where no container can run.
///
/// Registered for all tests in `META-INF/services`; `.ci/run` lets this one reason pass.
public final class DockerCondition implements ExecutionCondition {
    private static final String REASON = "Docker has no engine here";
    private static final boolean WANTED =
            System.getProperty(TestBroker.CHOICE, "").equals("docker");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return WANTED && !Engine.AVAILABLE ? disabled(REASON) : enabled("the broker can run");
    }

    /// Asked once, and only where the answer counts.
    private static final class Engine {
        static final boolean AVAILABLE = DockerClientFactory.instance().isDockerAvailable();

        static {
            if (!AVAILABLE) {
                System.err.println("Skipping all tests: " + REASON);
            }
        }
    }
}
