package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Speaks to the admin port of a running balancer. Blocks; bounded in time and bytes, whatever it is that answers there. */
public final class AdminPort {
    /** Thousands of backends. */
    private static final long MAX_BYTES = 32L * 1024 * 1024;

    private final URI url;
    private final Duration timeout;

    /** An answer, whatever its status. */
    public record Reply(int status, String body) {}

    /**
     * @param url without a path
     * @param timeout of each question, until the answer is there to its last byte
     */
    public AdminPort(URI url, Duration timeout) {
        this.url = url;
        this.timeout = timeout;
    }

    /**
     * @param path such as {@code /api/pools}
     * @throws IOException if there is no answer; the message is a clause for users
     */
    public Reply get(String path) throws IOException, InterruptedException {
        return send("GET", path, null);
    }

    /**
     * @param path such as {@code /api/pools}
     * @param json the body; null: none
     * @throws IOException if there is no answer; the message is a clause for users
     */
    public Reply send(String method, String path, @Nullable String json) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path))
                    .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
            if (json != null) {
                request.header("Content-Type", "application/json");
            }
            return client.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofString(), MAX_BYTES))
                    .thenApply(response -> new Reply(response.statusCode(), response.body()))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS); // a request's own timeout ends with the head
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + Amount.time(timeout), e);
        } catch (ExecutionException e) {
            throw new IOException(words(e.getCause()), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(words(e), e);
        } finally {
            client.shutdownNow();
        }
    }

    /** The JDK's client has no words for the commonest failures. */
    private static String words(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "its name cannot be resolved";
            }
        }
        if (failure == null || failure.getMessage() == null) {
            return failure instanceof ConnectException ? "it refuses the connection" : "it broke off";
        }
        return failure.getMessage();
    }
}
