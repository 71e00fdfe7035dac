package io.millrace.cli;

import io.millrace.role.Rights;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.resource.PatternType;

/// Rights as commands of the script that comes with Kafka, for a shell.
final class AclCommands {
    private static final String HEAD = """
            # The least rights of each party. SERVERS is where the brokers are, ADMIN a file with the client properties of
            # somebody who may alter ACLs; nothing else is to be filled in. A process with several roles needs the rights of each.
            """;

    private AclCommands() {}

    /// @param prefix of each principal; its party follows, such as `split`
    static void print(Rights rights, String prefix, PrintWriter out) {
        out.print(HEAD);
        for (var party : Rights.Party.values()) {
            if (rights.of(party).isEmpty()) {
                continue;
            }
            out.println();
            out.println("# " + prefix + party + " " + party.does());
            for (var right : rights.of(party)) {
                if (!right.why().isEmpty()) {
                    out.println("# " + right.why());
                }
                out.println(line(right, prefix + party));
            }
        }
        out.flush();
    }

    private static String line(Rights.Right right, String principal) {
        var operations = right.operations().stream()
                .map(operation -> " --operation " + capital(operation.name()))
                .collect(Collectors.joining());
        return "kafka-acls.sh --bootstrap-server \"$SERVERS\" --command-config \"$ADMIN\" --add --allow-principal "
                + quoted(principal) + operations + resource(right)
                + (right.pattern() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "");
    }

    private static String resource(Rights.Right right) {
        return switch (right.type()) {
            case TOPIC -> " --topic " + right.name();
            case GROUP -> " --group " + right.name();
            case TRANSACTIONAL_ID -> " --transactional-id " + right.name();
            default -> throw new IllegalStateException("no option for a right to a " + right.type());
        };
    }

    private static String capital(String word) {
        return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
    }

    /// Names of topics and groups need no quotes, but a principal may be anything.
    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9:._-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
