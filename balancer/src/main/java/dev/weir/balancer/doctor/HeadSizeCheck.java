package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How large heads may be: that of the response, for the balancers in front; that of a request, for the backend. */
final class HeadSizeCheck {
    private static final int KB = 1024;

    /** Default limits, smallest first. */
    private static final long NGINX = 4 * KB; // proxy_buffer_size, 4 or 8 KB by platform

    private static final long HAPROXY = 15 * KB; // tune.bufsize 16 KB less tune.maxrewrite 1 KB
    private static final long WEIR = 64 * KB; // limits.response-head

    private static final int[] REQUESTS_KB = {4, 8, 16, 32};
    private static final int FIELD = 2 * KB; // each; servers also limit the single line

    private final Plan plan;
    private final Probe probe;

    HeadSizeCheck(Plan plan, Probe probe) {
        this.plan = plan;
        this.probe = probe;
    }

    /** @param ordinary the answer to a request with a small head */
    void check(InetAddress address, Response ordinary, Findings findings) {
        response(ordinary, findings);
        request(address, ordinary.head().status(), findings);
    }

    private static void response(Response response, Findings findings) {
        long bytes = response.head().bytes();
        findings.fact("response_head_bytes", bytes);
        String text = "Its response head has " + Amount.bytes(bytes);
        Response.Field largest = response.head().largest();
        String detail = ", most of it " + largest.name() + " ("
                + Amount.bytes(largest.name().length() + largest.value().length() + 4L) + ")";
        if (bytes > WEIR) {
            findings.problem(
                    "response-head-size",
                    text + detail + ": more than the 64 KB that Weir takes by default; it answers 502"
                            + " (http_response_header_section_size).",
                    "Make it smaller, or raise pools.<name>.limits.response-head.");
        } else if (bytes > HAPROXY) {
            findings.warning(
                    "response-head-size",
                    text + detail + ": within Weir's limit (64 KB), over the defaults of nginx and HAProxy.",
                    "Make it smaller (cookies?): other proxies on the way answer 502.");
        } else if (bytes > NGINX) {
            findings.ok(
                    "response-head-size",
                    text + detail + ": within Weir's limit (64 KB); nginx by default takes 4 or 8 KB only.");
        } else {
            findings.ok("response-head-size", text + "; Weir takes 64 KB, HAProxy 16 KB, nginx 4 or 8 KB.");
        }
    }

    private void request(InetAddress address, int ordinaryStatus, Findings findings) {
        List<Object> facts = new ArrayList<>();
        int taken = 0;
        String refusal = "";
        for (int size : REQUESTS_KB) {
            String outcome = outcome(probe.fresh(address, plan.method(), padding(size * KB)), ordinaryStatus);
            Map<String, Object> fact = new LinkedHashMap<>();
            fact.put("kb", size);
            fact.put("taken", outcome.isEmpty());
            facts.add(fact);
            if (!outcome.isEmpty()) {
                refusal = "a request head of " + size + " KB is answered with " + outcome;
                break;
            }
            taken = size;
        }
        findings.fact("request_heads", facts);
        findings.fact("request_head_kb", taken);
        String takes = taken == 0 ? "" : "It takes a request head of " + taken + " KB";
        if (refusal.isEmpty()) {
            findings.ok("request-head-size", takes + ".");
        } else if (taken >= 8) {
            findings.ok("request-head-size", takes + "; " + refusal + ".");
        } else {
            findings.warning(
                    "request-head-size",
                    (takes.isEmpty() ? "Already " : takes + "; ") + refusal + ": requests with large cookies or tokens"
                            + " fail.",
                    "Raise the limit over there: Node --max-http-header-size, Tomcat maxHttpHeaderSize, uWSGI"
                            + " buffer-size, gunicorn --limit-request-field_size.");
        }
    }

    /** @return what happened in place of the ordinary answer; empty if that came */
    private static String outcome(Answer answer, int ordinaryStatus) {
        return switch (answer) {
            case Answer.Got got ->
                got.response().head().status() == ordinaryStatus
                        ? ""
                        : String.valueOf(got.response().head().status());
            case Answer.Failed failed ->
                switch (failed.kind()) {
                    case SILENT, STALLED -> "silence";
                    case CLOSED, RESET, NOT_TAKEN, INCOMPLETE -> "the end of the connection";
                    case ENDLESS -> "an endless head";
                    case NOT_HTTP -> failed.first().quote();
                    case NOT_CONNECTED -> "no connection";
                };
        };
    }

    private static String padding(int size) {
        StringBuilder fields = new StringBuilder();
        int rest = size;
        for (int i = 0; rest > 0; i++) {
            String name = "X-Weir-Padding-" + i + ": ";
            int value = Math.max(1, Math.min(rest, FIELD) - name.length() - 2);
            fields.append(name).append("x".repeat(value)).append("\r\n");
            rest -= FIELD;
        }
        return fields.toString();
    }
}
