package dev.weir.loadtest.catalogue;

/**
 * A backend of a pool.
 *
 * @param url without path, such as {@code http://127.0.0.1:9001}
 * @param partner whether it is asked only after all others have failed
 */
record Member(String url, boolean partner) {
    /** Host and port. */
    String address() {
        return url.substring("http://".length());
    }
}
