package dev.weir.balancer.doctor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with one response: each kind once, with its first evidence. */
final class Violations {
    static final String REPAIR = "Repair the application or the server it runs in";
    static final String FAILS = " Weir answers 502 (http_protocol_error).";

    private final Map<String, Finding> byCode = new LinkedHashMap<>();

    /** Requests fail. */
    void problem(String code, String text, String advice) {
        byCode.putIfAbsent(code, new Finding(Severity.PROBLEM, code, text, advice));
    }

    /** Weir copes with it. */
    void warning(String code, String text, String advice) {
        byCode.putIfAbsent(code, new Finding(Severity.WARNING, code, text, advice));
    }

    void bareLf(String where, Bytes line) {
        problem(
                "bare-lf",
                "It ends lines with LF alone, without CR, first in " + where + " (" + line.quote()
                        + "). Weir answers 502 (http_protocol_error); nginx and HAProxy let it pass.",
                REPAIR + "; until then, set pools.<name>.http.lenient-line-ends: true.");
    }

    List<Finding> list() {
        return List.copyOf(byCode.values());
    }
}
