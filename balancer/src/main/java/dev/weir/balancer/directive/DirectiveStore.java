package dev.weir.balancer.directive;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where directives are kept: of this node alone, or of a cluster. The last one to write under a key wins. Control context only,
 * also for listeners; nothing here blocks.
 */
public interface DirectiveStore {
    /**
     * Writes, in place of what stood there. Listeners have heard of it when this returns.
     *
     * @throws IllegalArgumentException if the key is for another kind
     * @throws IllegalStateException if there is no room for one more; nothing has changed then
     */
    void write(DirectiveKey key, Directive directive);

    /** What the configuration says is to hold again. Listeners have heard of it when this returns. */
    void remove(DirectiveKey key);

    /** @return null: none */
    @Nullable
    Directive find(DirectiveKey key);

    /** All that there are at present. */
    Map<DirectiveKey, Directive> current();

    /**
     * From now on tells of every key whose directive has changed, here or on another node. Those that change at the same time come
     * together: whoever hears of another node's may hear of a thousand.
     */
    void listen(Consumer<Set<DirectiveKey>> listener);
}
