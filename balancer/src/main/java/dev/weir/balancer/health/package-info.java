/**
 * Who is fit to serve: active checks ask ({@link dev.weir.balancer.health.ActiveHealthChecks}), the outlier detector watches
 * real requests ({@link dev.weir.balancer.health.OutlierDetector}). Both tell the pool, on its control context.
 */
@NullMarked
package dev.weir.balancer.health;

import org.jspecify.annotations.NullMarked;
