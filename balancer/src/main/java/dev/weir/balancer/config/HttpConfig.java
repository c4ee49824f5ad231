package dev.weir.balancer.config;

/**
 * What is put up with in backends' responses.
 *
 * @param lenientLineEnds whether a line of a response's head may end with LF alone
 */
public record HttpConfig(boolean lenientLineEnds) {}
