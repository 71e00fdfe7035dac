package io.millrace.cli;

import io.millrace.broker.BrokerException;
import io.millrace.kernel.DeviceException;
import io.millrace.model.FollowerException;
import io.millrace.replay.ReplayException;
import io.millrace.role.RoleException;
import io.millrace.serve.ServeException;
import io.millrace.spec.SpecException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// What a failed command prints and exits with: one message on the error stream, a stack trace only on demand.
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        var err = command.getErr();
        if (parsed.expandedArgs().contains("--stacktrace")) {
            failure.printStackTrace(err);
        } else {
            err.println(message(failure));
        }
        err.flush();
        return exitCode(failure);
    }

    /// Options that can't be: what is wrong, then where to look, not the whole help.
    static int wrongParameters(ParameterException wrong, String[] args) {
        var command = wrong.getCommandLine();
        command.getErr().println(wrong.getMessage());
        command.getErr().println("  `" + command.getCommandSpec().qualifiedName() + " --help` tells what there is.");
        command.getErr().flush();
        return CommandException.WRONG;
    }

    static String message(Throwable failure) {
        var config = config(failure);
        if (config != null) {
            return String.valueOf(config.getMessage());
        }
        return switch (failure) {
            case SpecException _,
                    CommandException _,
                    ReplayException _,
                    RoleException _,
                    DeviceException _,
                    BrokerException _,
                    FollowerException _,
                    ServeException _ -> String.valueOf(failure.getMessage());
            case UncheckedIOException wrapped when wrapped.getCause() != null -> io(wrapped.getCause());
            case IOException io -> io(io);
            default -> "this failed: " + failure + "\n  --stacktrace shows where";
        };
    }

    private static String io(IOException failure) {
        return failure.getClass() == IOException.class ? String.valueOf(failure.getMessage()) : failure.toString();
    }

    static int exitCode(Throwable failure) {
        if (config(failure) != null) {
            return CommandException.WRONG;
        }
        return switch (failure) {
            case RoleException _ when isPassing(failure) -> CommandException.FAILED;
            case CommandException command -> command.exitCode();
            case SpecException _, ReplayException _, RoleException _, BrokerException _, ServeException _ ->
                CommandException.WRONG;
            default -> CommandException.FAILED;
        };
    }

    /// A broker that is slow or away, or a device that has failed, is nobody's wrong input.
    private static boolean isPassing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException
                    || cause instanceof InterruptedException
                    || cause instanceof DeviceException) {
                return true;
            }
        }
        return false;
    }

    /// Kafka's clients refuse their configuration somewhere below.
    private static @org.jspecify.annotations.Nullable ConfigException config(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigException config) {
                return config;
            }
        }
        return null;
    }
}
