/**
 * What is remembered of requests that failed or were saved: {@link dev.weir.balancer.incident.Dossier dossiers} of single
 * requests, and what they have in common.
 */
@NullMarked
package dev.weir.balancer.incident;

import org.jspecify.annotations.NullMarked;
