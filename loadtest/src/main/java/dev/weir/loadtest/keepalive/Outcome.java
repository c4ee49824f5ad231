package dev.weir.loadtest.keepalive;

/** What a client saw of one request. */
enum Outcome {
    OK,
    BAD_GATEWAY,
    OTHER_STATUS,
    /** The connection ended, or nothing came in time. */
    NO_ANSWER;

    static Outcome of(int status) {
        return switch (status) {
            case 200 -> OK;
            case 502 -> BAD_GATEWAY;
            default -> OTHER_STATUS;
        };
    }
}
