/** What the manifests promise, checked on what {@code kubectl kustomize} makes of them. */
@NullMarked
package dev.weir.k8s;

import org.jspecify.annotations.NullMarked;
