package dev.weir.balancer.config;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file as the user named it
 * @param line from 1; 0: the file as a whole
 * @param column from 1; 0: the file as a whole
 * @param path keys from the top, such as {@code pools.shop.backends[0].weight}; empty: the file as a whole
 * @param message the offending value, what is wrong with it, and what was expected
 */
public record Problem(String file, int line, int column, String path, String message) {
    /** {@code file:line:column: path: message}, in the form that editors and terminals turn into links. */
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return place + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
