package dev.weir.balancer.top;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What a pressed key means. */
enum Key {
    NONE,
    QUIT,
    SORT,
    UP,
    DOWN,
    PAGE_UP,
    PAGE_DOWN,
    TOP;

    private static final int TIMEOUT = -2;
    private static final int END = -1;
    private static final int ESCAPE = 27;

    /** The rest of what one key sends comes at once. */
    private static final long REST_MILLIS = 50;

    /** What terminals answer to questions may be long. */
    private static final int LONGEST = 64;

    private static final Map<Integer, Key> PLAIN = Map.ofEntries(
            Map.entry((int) 'q', QUIT),
            Map.entry((int) 'Q', QUIT),
            Map.entry(3, QUIT), // Ctrl-C
            Map.entry(4, QUIT), // Ctrl-D
            Map.entry(END, QUIT), // the terminal is gone
            Map.entry((int) 's', SORT),
            Map.entry((int) 'k', UP),
            Map.entry((int) 'j', DOWN),
            Map.entry((int) 'b', PAGE_UP),
            Map.entry((int) ' ', PAGE_DOWN),
            Map.entry((int) 'g', TOP));

    /** After the escape character: ECMA-48, as terminals in both cursor key modes send it. */
    private static final Map<String, Key> SEQUENCES = sequences();

    private static Map<String, Key> sequences() {
        Map<String, Key> all = new HashMap<>();
        for (String lead : new String[] {"[", "O"}) {
            all.put(lead + "A", UP);
            all.put(lead + "B", DOWN);
            all.put(lead + "H", TOP);
        }
        all.put("[5~", PAGE_UP);
        all.put("[6~", PAGE_DOWN);
        all.put("[1~", TOP);
        return Map.copyOf(all);
    }

    /** Characters as they come. */
    @FunctionalInterface
    interface Source {
        /** @return a character, or -2: none came within that time, or -1: none will come any more */
        int read(long millis) throws IOException;
    }

    /** The next one, or {@link #NONE} if none comes within that time. */
    static Key read(Source source, long millis) throws IOException {
        int first = source.read(millis);
        return first == ESCAPE ? sequence(source) : PLAIN.getOrDefault(first, NONE);
    }

    private static Key sequence(Source source) throws IOException {
        StringBuilder rest = new StringBuilder();
        while (rest.length() < LONGEST) {
            int next = source.read(REST_MILLIS);
            if (next == TIMEOUT || next == END) {
                break;
            }
            rest.append((char) next);
            boolean last = rest.length() > 1 && next >= '@' && next <= '~'; // the final byte of a control sequence
            if (last) {
                break;
            }
        }
        return SEQUENCES.getOrDefault(rest.toString(), NONE);
    }
}
