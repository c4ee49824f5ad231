package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.ErrorPage.Rendered;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class ErrorPageTest {
    private static final String ID = "06F4TZ9ABCDEFGHJ";
    private static final String HTML = "text/html; charset=utf-8";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "absent",
            value = {
                // curl, wget, nobody asked
                "absent                                                                   | text/plain; charset=utf-8",
                "*/*                                                                      | text/plain; charset=utf-8",
                "text/*                                                                   | text/plain; charset=utf-8",
                "text/plain                                                               | text/plain; charset=utf-8",
                // browsers
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8          | text/html; charset=utf-8",
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,"
                        + "application/signed-exchange;v=b3;q=0.7                         | text/html; charset=utf-8",
                "TEXT/HTML;level=1 , text/plain                                           | text/html; charset=utf-8",
                // API clients
                "application/json                                                         | application/problem+json",
                "application/json, text/plain, */*                                        | application/problem+json",
                "application/problem+json                                                 | application/problem+json",
                "application/problem+json, application/json                               | application/problem+json",
                "application/json;q=0.1, application/problem+json, text/html;q=0.5        | application/problem+json",
                "application/problem+json;q=0.1, application/json, text/html;q=0.5        | application/problem+json",
                "application/json;q=0, text/html;q=0.5, */*;q=0.9                         | text/plain; charset=utf-8",
                "application/*                                                            | application/problem+json",
                "application/json;charset=utf-8                                           | application/problem+json",
                // weights
                "text/html;q=0.1, text/plain;q=0.9                                        | text/plain; charset=utf-8",
                "text/html; q=0.5, application/json; q=0.6                                | application/problem+json",
                "*/*, text/plain;q=0                                                      | application/problem+json",
                "text/html;q=0, */*                                                       | text/plain; charset=utf-8",
                // nothing that there is
                "image/png                                                                | text/plain; charset=utf-8",
                "text/html;q=0                                                            | text/plain; charset=utf-8",
                ",;,q=,;q=1;;/*                                                           | text/plain; charset=utf-8",
            })
    void theClientGetsTheFormThatItPrefers(@Nullable String accept, String contentType) {
        Rendered page = ErrorPage.render(502, ProxyError.CONNECTION_REFUSED, ID, accept);
        assertThat(page.contentType()).isEqualTo(contentType.trim());
    }

    @Property
    void noAcceptFieldBreaksIt(@ForAll String accept) {
        assertThat(ErrorPage.render(502, ProxyError.DNS_ERROR, ID, accept).body())
                .isNotEmpty();
    }

    @Test
    void aProblemHasTheMembersOfTheRfcAndTheErrorsToken() {
        JsonObject problem = new JsonObject(body(503, ProxyError.CONNECTION_LIMIT_REACHED, "application/problem+json"));
        assertThat(problem.fieldNames())
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "instance", "error");
        assertThat(problem.getString("type")).isEqualTo("about:blank");
        assertThat(problem.getString("title")).isEqualTo("Service Unavailable");
        assertThat(problem.getInteger("status")).isEqualTo(503);
        assertThat(problem.getString("instance")).isEqualTo("urn:weir:incident:" + ID);
        assertThat(problem.getString("error")).isEqualTo("connection_limit_reached");
    }

    @Test
    void thePageIsWellFormedAndLoadsNothing() throws Exception {
        String page = body(502, ProxyError.CONNECTION_REFUSED, HTML);
        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains(
                        "name=\"viewport\"", "prefers-color-scheme: dark", "502 Bad Gateway", "connection_refused", ID)
                .doesNotContain("http:", "https:", "src=", "url(", "@import", "<script", "<link");
        // HTML allows elements without an end, XML does not: with those closed, one parser will do.
        String closed = page.replace("<!DOCTYPE html>", "").replaceAll("<meta ([^>]*)>", "<meta $1/>");
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(closed)));
        assertThat(document.getElementsByTagName("h1").getLength()).isEqualTo(1);
        assertThat(document.getDocumentElement().getAttribute("lang")).isEqualTo("en");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 599})
    void aVisitorLearnsThatTheFaultIsOursAndWhatToDo(int status) {
        for (String accept : new String[] {"text/html", "text/plain", "application/json"}) {
            assertThat(body(status, ProxyError.CONNECTION_REFUSED, accept))
                    .contains("Your device and your connection are fine", "wait a moment and reload", ID);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 408, 411, 413, 414, 417, 418, 421, 429, 431, 501, 505})
    void aWrongRequestIsNotCalledRight(int status) {
        for (String accept : new String[] {"text/html", "text/plain", "application/json"}) {
            assertThat(body(status, ProxyError.HTTP_REQUEST_ERROR, accept))
                    .doesNotContain("fault is on our side", "are fine")
                    .contains(ID);
        }
    }

    @Test
    void anythingThatIsInsertedIsEscaped() {
        String nasty = "<b>\"&'";
        assertThat(body(502, ProxyError.DNS_ERROR, "text/html", nasty))
                .contains("&lt;b&gt;&quot;&amp;&#39;")
                .doesNotContain("<b>");
        assertThat(new JsonObject(body(502, ProxyError.DNS_ERROR, "application/json", nasty)).getString("instance"))
                .endsWith(nasty);
    }

    private static String body(int status, ProxyError error, String accept) {
        return body(status, error, accept, ID);
    }

    private static String body(int status, ProxyError error, String accept, String incident) {
        return new String(ErrorPage.render(status, error, incident, accept).body(), StandardCharsets.UTF_8);
    }
}
