/** Failures: the RFC 9209 error types, the one classifier, and what a client is told. */
@NullMarked
package dev.weir.balancer.failure;

import org.jspecify.annotations.NullMarked;
