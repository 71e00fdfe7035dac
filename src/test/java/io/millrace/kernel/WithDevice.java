package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Tests that need a device of OpenCL, such as PoCL's (Debian's pocl-opencl-icd); without one they are skipped.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithDevice.Condition.class)
public @interface WithDevice {
    /// What a device answers that fails.
    final class Failure {
        private Failure() {}

        public static DeviceException of(String message) {
            return new DeviceException(message);
        }
    }

    /// Whether there is one, and why not.
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                return ConditionEvaluationResult.enabled("on " + OpenClLayers.find());
            } catch (DeviceException missing) {
                return ConditionEvaluationResult.disabled(missing.getMessage());
            }
        }
    }

    /// How a device agrees with the CPU.
    final class Agreement {
        /// Of one mini-batch, and of few.
        private static final float TOLERANCE = 1e-4f;

        private Agreement() {}

        /// The same bits where the device rounds as IEEE 754 says, else within a tolerance.
        public static void check(float[] device, float[] host) {
            if (OpenClLayers.isExact()) {
                assertThat(device).isEqualTo(host);
            } else {
                for (var k = 0; k < host.length; k++) {
                    assertThat(Math.abs(device[k] - host[k]))
                            .as("float %d: %s, by the CPU %s", k, device[k], host[k])
                            .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(host[k])));
                }
            }
        }
    }
}
