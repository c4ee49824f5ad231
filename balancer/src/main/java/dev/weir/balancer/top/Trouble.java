package dev.weir.balancer.top;

import org.jline.utils.AttributedStyle;

/** How much attention something deserves, the least first. */
enum Trouble {
    NONE,
    /** Somebody wants it so. */
    WANTED,
    DOUBTFUL,
    BAD;

    AttributedStyle style() {
        return switch (this) {
            case NONE -> AttributedStyle.DEFAULT;
            case WANTED -> AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
            case DOUBTFUL -> AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
            case BAD -> AttributedStyle.DEFAULT.foreground(AttributedStyle.RED).bold();
        };
    }
}
