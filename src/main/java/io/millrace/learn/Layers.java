package io.millrace.learn;

import io.millrace.kernel.Digest;
import io.millrace.kernel.Entries;
import io.millrace.learn.LearnConfig.LearnerConfig;

/// The layers of [Mlp], that of embeddings among them: what computes with their parameters, which are those of its
/// cells. One thread.
interface Layers extends AutoCloseable {
    /// Takes the cells over, which were written from outside.
    void load();

    /// Brings into the cells what steps have moved since the last call.
    void store();

    /// The margins of the rows `from` to `to`, as the parameters are.
    void forward(Pending rows, int from, int to);

    /// The margins of a row that nobody learns from, which becomes the one behind the last of a mini-batch.
    void forward(Entries row);

    /// Margins: those of row `r` from `r * marginStride()` on.
    float[] margins();

    int marginStride();

    /// Where dℓ/dm of each row is written before [#step], as the margins lie; what pads them is 0.
    float[] marginSlopes();

    /// Moves all parameters and the embeddings that rows name, by the slopes of the loss: all of them or none.
    ///
    /// @param rows which have all gone forward with the parameters as they are
    /// @param left those that have no part in it
    /// @param t number of the last example
    /// @return false, and nothing changed, where a parameter would not be finite
    boolean step(Pending rows, boolean[] left, long t);

    /// What manifests call what computes.
    String kernel();

    /// What it computes on.
    String deviceName();

    @Override
    void close();

    /// What layers are made of.
    ///
    /// @param learner of the config
    record Parts(LearnConfig config, LearnerConfig learner, Cells cells, Optimizer optimizer) {
        /// Floats of an embedding, the outputs of each layer, the last the margins.
        int[] widths() {
            return learner.widths(config.outcome().outputs());
        }

        /// Parameters of the dense layers.
        int dense() {
            return (int) Network.parameters(widths());
        }

        /// The first cell of theirs.
        int behind() {
            return Cells.behind(config.bits());
        }

        /// Number of the first of them.
        int first() {
            return behind() * learner.inputs();
        }

        /// Examples of a mini-batch.
        int rows() {
            return learner.examples();
        }

        /// Seed of the embeddings.
        long seed() {
            return Uniform.seed(learner.begin());
        }

        /// What the dense layers begin with.
        float[] beginning() {
            var parameters = new float[dense()];
            Network.begin(widths(), learner.neurons(), Digest.mix64(seed()), parameters);
            return parameters;
        }
    }
}
