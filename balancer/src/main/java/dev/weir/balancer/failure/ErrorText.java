package dev.weir.balancer.failure;

/**
 * What a visitor is told.
 *
 * @param title the status's phrase (RFC 9110 section 15)
 * @param headline for people
 * @param explanation whose fault it is, and whose not
 * @param advice what to do now
 */
record ErrorText(String title, String headline, String explanation, String advice) {
    private static final String NOT_YOUR_FAULT = "Your device and your connection are fine: the fault is on our side.";
    private static final String WAIT =
            "Please wait a moment and reload. If it goes on, tell whoever runs this service the incident's number.";
    private static final String CHANGE_REQUEST =
            "Sending the same request again will not help: it must be changed first.";

    static ErrorText of(int status) {
        return switch (status) {
            case 500 -> ours("Internal Server Error", "Something went wrong here");
            case 501 ->
                theirs(
                        "Not Implemented",
                        "This cannot be done here",
                        "The request asks for something that is not offered here.");
            case 502 -> ours("Bad Gateway", "This service cannot answer right now");
            case 503 -> ours("Service Unavailable", "This service is too busy or under repair");
            case 504 -> ours("Gateway Timeout", "This service takes too long to answer");
            case 505 ->
                theirs(
                        "HTTP Version Not Supported",
                        "This version of HTTP is not spoken here",
                        "The request uses a version of HTTP that is not supported.");
            case 400 -> theirs("Bad Request", "The request could not be understood", "The request is malformed.");
            case 401 -> theirs("Unauthorized", "Please sign in first", "The request carries no valid credentials.");
            case 403 ->
                theirs("Forbidden", "This is not allowed", "The request is well formed, but it is not allowed here.");
            case 404 -> notFound();
            case 405 ->
                theirs("Method Not Allowed", "This cannot be done here", "The request's method is not allowed here.");
            case 408 -> late();
            case 411 ->
                theirs(
                        "Length Required",
                        "The length of the request is missing",
                        "The request must say how long its body is.");
            case 413 ->
                theirs(
                        "Content Too Large",
                        "The upload is too large",
                        "The request's body is larger than what is accepted here.");
            case 414 ->
                theirs(
                        "URI Too Long",
                        "The address is too long",
                        "The request's address is longer than what is accepted here.");
            case 417 ->
                theirs(
                        "Expectation Failed",
                        "The request expects too much",
                        "The request's Expect field cannot be met.");
            case 421 ->
                theirs(
                        "Misdirected Request",
                        "The request came to the wrong place",
                        "The request names a host that is not served over this connection.");
            case 429 -> many();
            case 431 -> tooManyFields();
            default ->
                status < 500
                        ? theirs("Client Error", "The request was not accepted", "The request was not accepted.")
                        : ours("Server Error", "This service cannot answer right now");
        };
    }

    /** 503. */
    static ErrorText of(Maintenance maintenance) {
        String message = maintenance.message();
        String until = maintenance.until();
        return new ErrorText(
                "Service Unavailable",
                "This service is under maintenance",
                message == null ? "It was taken out of service on purpose, and will be back." : message,
                until == null ? "Please come back later." : "It is expected to be back at " + until + ".");
    }

    private static ErrorText ours(String title, String headline) {
        return new ErrorText(title, headline, NOT_YOUR_FAULT, WAIT);
    }

    private static ErrorText theirs(String title, String headline, String explanation) {
        return new ErrorText(title, headline, explanation, CHANGE_REQUEST);
    }

    private static ErrorText notFound() {
        return new ErrorText(
                "Not Found",
                "There is nothing at this address",
                "No service is known under this host and path.",
                "Please check the address for typing errors.");
    }

    private static ErrorText late() {
        return new ErrorText(
                "Request Timeout",
                "The request took too long to arrive",
                "The request did not arrive completely in time.",
                "Please try again; if it happens often, check your connection.");
    }

    private static ErrorText many() {
        return new ErrorText(
                "Too Many Requests",
                "Too many requests",
                "More requests came from you than are accepted in so short a time.",
                "Please wait a moment before you try again.");
    }

    private static ErrorText tooManyFields() {
        return new ErrorText(
                "Request Header Fields Too Large",
                "The request carries too much",
                "The request's header fields, such as cookies, are larger than what is accepted here.",
                "In a browser, deleting the cookies of this site helps.");
    }
}
