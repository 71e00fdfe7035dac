package io.millrace.evaluate;

/// Where the true value of a figure lies in 95 of 100 cases.
///
/// @param low its lower end
/// @param high its upper end, at least `low`
public record Interval(double low, double high) {}
