/** Configuration: records that validate themselves, the loader, and problems that name file, line, path and value. */
@NullMarked
package dev.weir.balancer.config;

import org.jspecify.annotations.NullMarked;
