package io.millrace.serve;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.model.Follower;
import java.util.OptionalLong;

/// How versions come: swaps, refusals and lag of a follower.
///
/// @param follower of the versions that are served
public record FollowerMetrics(Follower follower) implements MeterBinder {
    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("millrace.model.swaps", follower, Follower::swaps)
                .description("versions that became current")
                .register(registry);
        FunctionCounter.builder("millrace.model.refused", follower, Follower::refused)
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
