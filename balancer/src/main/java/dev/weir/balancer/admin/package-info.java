/** The admin port: health endpoints and the metrics scrape. */
@NullMarked
package dev.weir.balancer.admin;

import org.jspecify.annotations.NullMarked;
