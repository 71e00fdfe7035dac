package io.millrace.learn;

/// L1 and L2 regularisation of the weights that a step touches, after it and at its own rate: the proximal
/// step of l1 · |w| + l2 / 2 · w². L1 makes exact zeros.
///
/// A weight that no example touches does not shrink: rare features are regularised as often as they occur.
///
/// **Source**: Duchi and Singer, *Efficient Online and Batch Learning Using Forward Backward Splitting*, JMLR
/// 10, 2009, sections 5.1 and 5.2.
record Shrink(float l1, float l2) {
    boolean isOn() {
        return l1 > 0 || l2 > 0;
    }
}
