/** The data path: client connections, attempts on backends, deadlines, retries and the fields that a proxy writes. */
@NullMarked
package dev.weir.balancer.proxy;

import org.jspecify.annotations.NullMarked;
