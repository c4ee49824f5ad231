/** Tests of the delivered jar as a process, among real processes. */
@NullMarked
package dev.weir.balancer.process;

import org.jspecify.annotations.NullMarked;
