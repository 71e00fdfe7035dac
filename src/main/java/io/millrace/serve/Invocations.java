package io.millrace.serve;

import io.millrace.event.BadEvent;
import io.millrace.model.Model;
import io.millrace.spec.Spec;
import java.util.Objects;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /invocations` (contract S5): instances in, predictions out, all by the one version it is given.
final class Invocations {
    private static final Logger log = LoggerFactory.getLogger(Invocations.class);

    private final ServeConfig config;
    private final ServeMetrics metrics;
    private static final ThreadLocal<Scorer> scorers = new ThreadLocal<>();
    private final Held held;

    /// @param mostHeld bytes that all bodies under way may hold together
    Invocations(ServeConfig config, ServeMetrics metrics, long mostHeld) {
        this.config = config;
        this.metrics = metrics;
        held = new Held(mostHeld);
    }

    /// @throws Problem 400 for a bad query, 406 or 415
    void handle(Request request, Response response, Callback callback, Model model) {
        var in = MediaType.ofContent(request.getHeaders());
        var out = MediaType.accepted(request.getHeaders());
        var explained = isExplained(request, out);
        Body.read(
                request,
                config,
                held,
                (bytes, length) -> {
                    try {
                        answer(in, out, explained, bytes, length, model, response, callback);
                    } catch (RuntimeException e) {
                        fail(e, response, callback, model);
                    }
                },
                failure -> fail(failure, response, callback, model));
    }

    /// Whether `?explain=true` asks for reasons.
    ///
    /// @throws Problem 400 for another value, or where the answer is not JSON
    private static boolean isExplained(Request request, MediaType out) {
        var value = Request.extractQueryParameters(request).getValue("explain");
        if (value == null || value.equals("false")) {
            return false;
        }
        if (!value.equals("true")) {
            throw Problem.badRequest("Bad query", "explain = " + BadEvent.quote(value) + ": expected true or false");
        }
        if (out != MediaType.JSON) {
            throw Problem.badRequest("Bad query", "explain = true goes with Accept: " + MediaType.JSON.text + " only");
        }
        return true;
    }

    private void answer(
            MediaType in,
            MediaType out,
            boolean explained,
            byte[] bytes,
            int length,
            Model model,
            Response response,
            Callback callback) {
        response.getHeaders().put(Answer.MODEL_HEADER, model.name());
        if (length == 0) {
            response.setStatus(HttpStatus.NO_CONTENT_204); // contract S8
            callback.succeeded();
            return;
        }
        var scorer = scorer(model.spec());
        var scores = scorer.score(in, bytes, length, model, explained);
        var answer = Answer.of(out, scores, scorer.labels(), model.name(), config.maxBodyBytes());
        metrics.predicted(scores.size);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, out.text);
        response.write(true, answer, callback);
    }

    private Scorer scorer(Spec spec) {
        var scorer = scorers.get();
        if (scorer == null || !Objects.equals(scorer.spec, spec)) {
            scorer = new Scorer(spec);
            scorers.set(scorer);
        }
        return scorer;
    }

    private static void fail(Throwable failure, Response response, Callback callback, Model model) {
        switch (failure) {
            case Problem problem -> problem.write(response, callback, model.name());
            case HttpException http ->
                Problem.of(http.getCode(), HttpStatus.getMessage(http.getCode()), String.valueOf(http.getReason()))
                        .write(response, callback, model.name());
            case RuntimeException bug -> {
                log.atError().addKeyValue("model", model.name()).setCause(bug).log("a request could not be answered");
                Problem.of(HttpStatus.INTERNAL_SERVER_ERROR_500, "Failed", "the request could not be answered")
                        .write(response, callback, model.name());
            }
            default -> callback.failed(failure); // the client is gone
        }
    }
}
