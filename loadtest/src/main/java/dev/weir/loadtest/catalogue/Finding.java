package dev.weir.loadtest.catalogue;

/** A fact of a case, as the report shows it. */
enum Finding {
    ALONE,
    TYPE,
    MASKED_POST,
    MASKED_GET,
    EJECTED,
    BLAMED,
    OPERATOR,
    NEXT
}
