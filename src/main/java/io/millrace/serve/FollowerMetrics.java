package io.millrace.serve;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.model.Following;
import java.util.OptionalLong;

/// How versions come: swaps, refusals and lag of a follower.
///
/// @param follower of the versions that are served
public record FollowerMetrics(Following follower) implements MeterBinder {
    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("millrace.model.swaps", follower, Following::swaps)
                .description("versions that became current")
                .register(registry);
        FunctionCounter.builder("millrace.model.refused", follower, Following::refused)
                .description("versions refused")
                .register(registry);
        Gauge.builder("millrace.model.lag", follower, follower -> lag(follower.lag()))
                .description("records of the versions topic not read yet")
                .register(registry);
    }

    private static double lag(OptionalLong records) {
        return records.isPresent() ? records.getAsLong() : Double.NaN;
    }
}
