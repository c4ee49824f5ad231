package dev.weir.balancer.directive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The directives of a node that is on its own: they are gone when it ends. Whoever writes bounds them: one of a kind for each backend. */
public final class LocalDirectives implements DirectiveStore {
    private final Map<DirectiveKey, Directive> directives = new LinkedHashMap<>();
    private final List<Consumer<Set<DirectiveKey>>> listeners = new ArrayList<>();

    @Override
    public void write(DirectiveKey key, Directive directive) {
        if (key.kind() != directive.kind()) {
            throw new IllegalArgumentException(directive.kind() + " under the key " + key);
        }
        if (!directive.equals(directives.put(key, directive))) {
            tell(key);
        }
    }

    @Override
    public void remove(DirectiveKey key) {
        if (directives.remove(key) != null) {
            tell(key);
        }
    }

    @Override
    public @Nullable Directive find(DirectiveKey key) {
        return directives.get(key);
    }

    @Override
    public Map<DirectiveKey, Directive> current() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(directives));
    }

    @Override
    public void listen(Consumer<Set<DirectiveKey>> listener) {
        listeners.add(listener);
    }

    private void tell(DirectiveKey key) {
        listeners.forEach(listener -> listener.accept(Set.of(key)));
    }
}
