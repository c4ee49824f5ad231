package dev.weir.loadtest.catalogue;

import java.util.ArrayList;
import java.util.List;

/**
 * A request of a client.
 *
 * @param fields besides Host, User-Agent and those of the framing, a line each
 * @param bodyLength 0: no body
 */
record Request(String method, String target, List<String> fields, int bodyLength) {
    static final Request GET = new Request("GET", "/", List.of(), 0);
    static final Request POST = new Request("POST", "/", List.of(), 5);

    static Request upload(String method, int bytes) {
        return new Request(method, "/", List.of(), bytes);
    }

    Request with(String field) {
        List<String> more = new ArrayList<>(fields);
        more.add(field);
        return new Request(method, target, List.copyOf(more), bodyLength);
    }

    Request to(String path) {
        return new Request(method, path, fields, bodyLength);
    }

    boolean expectsContinue() {
        return fields.stream().anyMatch(field -> field.equalsIgnoreCase("Expect: 100-continue"));
    }

    /** @param token by which the request is found in logs again */
    String head(String host, String token) {
        StringBuilder head = new StringBuilder(
                method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: " + token + "\r\n");
        fields.forEach(field -> head.append(field).append("\r\n"));
        if (bodyLength > 0 || method.equals("POST") || method.equals("PUT")) {
            head.append("Content-Length: ").append(bodyLength).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    @Override
    public String toString() {
        return bodyLength > 1024 ? method + " of " + bodyLength / 1024 + " KB" : method;
    }
}
