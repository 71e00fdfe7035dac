package io.millrace.kafka;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/// Kafka's own authorizer, which also remembers what it has allowed. A broker in this JVM makes it.
public final class RecordingAuthorizer extends StandardAuthorizer {
    private static final Set<Use> ALLOWED = ConcurrentHashMap.newKeySet();

    /// Something that was allowed, once or often.
    ///
    /// @param principal such as `User:anna`
    public record Use(String principal, AclOperation operation, ResourceType type, String name) {}

    public static Set<Use> allowed() {
        return Set.copyOf(ALLOWED);
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        var results = super.authorize(context, actions);
        for (var i = 0; i < actions.size(); i++) {
            if (results.get(i) == AuthorizationResult.ALLOWED) {
                var action = actions.get(i);
                ALLOWED.add(new Use(
                        context.principal().toString(),
                        action.operation(),
                        action.resourcePattern().resourceType(),
                        action.resourcePattern().name()));
            }
        }
        return results;
    }
}
