package dev.weir.balancer.failure;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response that the balancer makes, in the form that the client accepts. Names nothing of the inside: it
 * carries the error's type and the incident's id, and operators look up the rest.
 *
 * <p>The caller adds {@code Cache-Control: no-store}, so that no cache gives one client's form to another, and leaves the
 * body out for HEAD.
 */
public final class ErrorPage {
    private ErrorPage() {}

    /**
     * A body and its media type.
     *
     * @param contentType for the Content-Type field
     * @param body UTF-8; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // written out once, never compared
    public record Rendered(String contentType, byte[] body) {}

    /**
     * Makes the body of a response.
     *
     * @param status 400 to 599
     * @param incident as of {@link IncidentId}
     * @param accept the request's Accept field, several lines joined by commas; null: none
     */
    public static Rendered render(int status, ProxyError error, String incident, @Nullable CharSequence accept) {
        return render(status, ErrorText.of(status), error, incident, accept);
    }

    /** As the other one, of a pool that operators closed. */
    public static Rendered render(
            int status, Maintenance maintenance, ProxyError error, String incident, @Nullable CharSequence accept) {
        return render(status, ErrorText.of(maintenance), error, incident, accept);
    }

    private static Rendered render(
            int status, ErrorText text, ProxyError error, String incident, @Nullable CharSequence accept) {
        MediaType type = MediaType.negotiate(accept);
        String body = switch (type) {
            case HTML -> html(status, text, error, incident);
            case PROBLEM -> problem(status, text, error, incident);
            case TEXT -> text(status, text, error, incident);
        };
        return new Rendered(type.contentType(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(int status, ErrorText text, ProxyError error, String incident) {
        return status + " " + text.title() + "\n\n" + text.explanation() + "\n" + text.advice() + "\n\nerror: "
                + error.token() + "\nincident: " + incident + "\n";
    }

    /** RFC 9457. The type is left at its default "about:blank": the status says it all, so the title is its phrase. */
    private static String problem(int status, ErrorText text, ProxyError error, String incident) {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", text.title())
                .put("status", status)
                .put("detail", text.explanation() + " " + text.advice())
                .put("instance", "urn:weir:incident:" + incident)
                .put("error", error.token())
                .encode();
    }

    private static String html(int status, ErrorText text, ProxyError error, String incident) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex">
                <meta name="color-scheme" content="light dark">
                <title>%1$s</title>
                <style>
                :root { color-scheme: light dark }
                body { margin: 0; min-height: 100vh; display: grid; place-items: center;
                  font: 1.05rem/1.6 system-ui, sans-serif; color: #1c2733; background: #f6f8fa }
                main { max-width: 34rem; padding: 2rem }
                h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem }
                dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 2rem 0 0;
                  padding-top: 1rem; border-top: 1px solid #c8d1da; font-size: .9rem; color: #4a5866 }
                dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere; user-select: all }
                @media (prefers-color-scheme: dark) {
                  body { color: #e3e9ef; background: #12181f }
                  dl { border-color: #34414e; color: #a3b1bf }
                }
                </style>
                </head>
                <body>
                <main>
                <h1>%1$s</h1>
                <p>%2$s</p>
                <p>%3$s</p>
                <dl>
                <dt>Status</dt><dd>%4$d %5$s</dd>
                <dt>Error</dt><dd>%6$s</dd>
                <dt>Incident</dt><dd>%7$s</dd>
                </dl>
                </main>
                </body>
                </html>
                """.formatted(
                        escape(text.headline()),
                        escape(text.explanation()),
                        escape(text.advice()),
                        status,
                        escape(text.title()),
                        escape(error.token()),
                        escape(incident));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
