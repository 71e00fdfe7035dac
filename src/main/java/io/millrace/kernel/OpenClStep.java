package io.millrace.kernel;

/// The steps of a mini-batch on a device: of dense parameters, if there are any, and of the floats of each feature that
/// the mini-batch names.
final class OpenClStep implements DeviceStep {
    /// Where parameters stand in the cells.
    ///
    /// @param dense how many are no feature's
    /// @param first number of the first of these
    /// @param width floats of a feature that a step is about
    /// @param stride floats of the cells from feature to feature
    /// @param each floats from one parameter to the next
    /// @param gap floats from a parameter to what is remembered of it, and from there on
    record Places(int dense, int first, int width, int stride, int each, int gap) {}

    private final Places places;
    private final OpenClArray cells;
    private final OpenClArray features;
    private final OpenClArray starts;
    private final OpenClArray rowOf;
    private final OpenClArray xOf;
    private final OpenClArray fresh;
    private final OpenClArray slopes;
    private final OpenClArray flag;
    private final int[] zero = {0};
    private final long seed;
    private final float init;

    private final OpenClFunction spread;
    private final OpenClFunction beginFeatures;
    private final OpenClFunction forgetFeatures;
    private final OpenClFunction boundedBy;
    private final OpenClFunction reaches;
    private final OpenClFunction addScaled;
    private final OpenClFunction shrink;
    private final OpenClFunction momentum;
    private final OpenClFunction adaptive;
    private final OpenClFunction adam;
    private final OpenClFunction ftrl;

    /// Features that the step is about, and where the first of their floats stands in a cell.
    private int known;

    private int offset;

    /// @param seed of what features begin with, within ± `init`
    OpenClStep(OpenCl device, OpenClArray cells, Places places, long seed, float init) {
        this.cells = cells;
        this.places = places;
        this.seed = seed;
        this.init = init;
        features = device.array(1024);
        starts = device.array(1025);
        rowOf = device.array(1024);
        xOf = device.array(1024);
        fresh = device.array(1024);
        slopes = device.array(places.dense + 1024 * places.width);
        slopes.clear();
        flag = device.array(1);
        spread = device.function("spread");
        beginFeatures = device.function("begin_features");
        forgetFeatures = device.function("forget_features");
        boundedBy = device.function("bounded");
        reaches = device.function("reaches");
        addScaled = device.function("add_scaled");
        shrink = device.function("shrink");
        momentum = device.function("momentum");
        adaptive = device.function("adaptive");
        adam = device.function("adam");
        ftrl = device.function("ftrl");
    }

    /// Slopes by all parameters of the step, the dense ones first.
    OpenClArray slopes() {
        return slopes;
    }

    /// Says which features the step is about.
    ///
    /// @param n features of the mini-batch, whose entries number `begin[s]` to `begin[s + 1]` are of feature
    ///     `named[s]`,
    ///     in the row `ofRow` and of the value `ofX`
    void features(int n, int[] named, int[] begin, int[] ofRow, float[] ofX) {
        known = n;
        var entries = begin[n];
        features.reserve(n);
        fresh.reserve(n);
        starts.reserve(n + 1);
        rowOf.reserve(entries);
        xOf.reserve(entries);
        if (slopes.reserve(places.dense + n * places.width)) {
            slopes.clear();
        }
        features.write(named, n);
        starts.write(begin, n + 1);
        rowOf.write(ofRow, entries);
        xOf.write(ofX, 0, entries);
    }

    /// The slopes of the features, of those of their rows.
    ///
    /// @param dx slopes by a row's sums, row `r` from `from + r * ldx` on
    /// @param at where a feature's floats begin in its cell
    void spread(OpenClArray dx, int from, int ldx, int at) {
        offset = at;
        spread.with(starts)
                .with(rowOf)
                .with(xOf)
                .with(known)
                .with(places.width)
                .with(dx)
                .with(from)
                .with(ldx)
                .with(slopes)
                .with(places.dense)
                .run(known * places.width);
    }

    @Override
    public void begin() {
        begin(0, 0, 0);
    }

    @Override
    public void begin(float divisor, float l1) {
        begin(1, divisor, l1);
    }

    private void begin(int proximal, float divisor, float l1) {
        beginFeatures
                .with(cells)
                .with(places.stride)
                .with(places.each)
                .with(places.width)
                .with(features)
                .with(known)
                .with(seed)
                .with(init)
                .with(proximal)
                .with(divisor)
                .with(l1)
                .with(fresh)
                .run(known);
    }

    @Override
    public void forget() {
        forgetFeatures
                .with(cells)
                .with(places.stride)
                .with(features)
                .with(known)
                .with(fresh)
                .run(known);
    }

    /// Parameters of the step.
    private int moved() {
        return places.dense + known * places.width;
    }

    @Override
    public boolean bounded() {
        flag.write(zero, 1);
        boundedBy.with(moved()).with(slopes).with(Kernel.MOST).with(flag).run(moved());
        return flag.first() == 0;
    }

    private OpenClFunction step(OpenClFunction function) {
        return function.with(cells)
                .with(places.dense)
                .with(places.first)
                .with(places.width)
                .with(places.stride)
                .with(places.each)
                .with(places.gap)
                .with(offset)
                .with(features)
                .with(moved())
                .with(slopes);
    }

    @Override
    public boolean addScaled(float scale) {
        flag.write(zero, 1);
        step(reaches)
                .with(moved() * Math.abs(scale))
                .with(ScalarKernel.LIMIT)
                .with(flag)
                .run(moved());
        if (flag.first() != 0) {
            return false;
        }
        step(addScaled).with(scale).run(moved());
        return true;
    }

    @Override
    public void shrink(float l1, float l2) {
        step(shrink).with(l1).with(l2).run(moved());
    }

    @Override
    public void momentum(float scale, float mu, boolean nesterov) {
        step(momentum).with(scale).with(mu).with(nesterov ? 1 : 0).run(moved());
    }

    @Override
    public void adaptive(float rate, float keep, float take, float epsilon, float l1, float l2) {
        step(adaptive)
                .with(rate)
                .with(keep)
                .with(take)
                .with(epsilon)
                .with(l1)
                .with(l2)
                .run(moved());
    }

    @Override
    public void adam(float alpha, float beta1, float beta2, float epsilon) {
        step(adam).with(alpha).with(beta1).with(beta2).with(epsilon).run(moved());
    }

    @Override
    public void ftrl(float alpha, float beta, float l1, float l2) {
        step(ftrl).with(alpha).with(beta).with(l1).with(l2).run(moved());
    }
}
