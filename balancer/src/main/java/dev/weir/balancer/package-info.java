/** The composition root: arguments, exit codes and the life cycle. It alone knows every other package; none knows it. */
@NullMarked
package dev.weir.balancer;

import org.jspecify.annotations.NullMarked;
