/** Health: active checks, the policy that rises and falls, and the detection of outliers. */
@NullMarked
package dev.weir.balancer.health;

import org.jspecify.annotations.NullMarked;
