/* Items of one size by their keys: a table with open addressing. Nothing is taken out of it but all at once. */

struct table { /* an item begins with a uint64_t, which is ours, and its key */
    size_t item, key; /* sizes; the key's is a multiple of 8 */
    size_t room, count; /* in items; `room` is a power of two, or 0 */
    char *items;
};

#define FIRST_ROOM 64

/* Never 0, which marks a free place. */
static uint64_t hash_of(const void *key, size_t size)
{
    const uint64_t *word = key;
    uint64_t hash = size;
    for (size_t i = 0; i < size / sizeof *word; i++) {
        hash = (hash ^ word[i]) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 32;
    }
    return hash | 1;
}

static uint64_t *item_at(const struct table *t, size_t place)
{
    return (uint64_t *)(t->items + (place & (t->room - 1)) * t->item);
}

/* Where the item is, or would be; there must be a free place. */
static uint64_t *item_place(const struct table *t, const void *key, uint64_t hash)
{
    size_t place = hash >> 1;
    uint64_t *item;
    while (*(item = item_at(t, place)) && (*item != hash || memcmp(item + 1, key, t->key)))
        place++;
    return item;
}

static void *table_find(const struct table *t, const void *key)
{
    uint64_t *item = t->count ? item_place(t, key, hash_of(key, t->key)) : NULL;
    return item && *item ? item : NULL;
}

/* Make room for some more, and leave behind what is not worth keeping. */
static int table_renew(struct table *t, int (*worth)(const void *item))
{
    struct table new = *t;
    size_t kept = 0;
    for (size_t i = 0; i < t->room; i++)
        kept += *item_at(t, i) && (!worth || worth(item_at(t, i)));
    for (new.room = FIRST_ROOM; new.room < 4 * kept;)
        new.room *= 2;
    new.count = kept;
    if (!(new.items = calloc(new.room, t->item)))
        return 0;
    for (size_t i = 0; i < t->room; i++) {
        const uint64_t *item = item_at(t, i);
        if (*item && (!worth || worth(item)))
            memcpy(item_place(&new, item + 1, *item), item, t->item);
    }
    free(t->items);
    *t = new;
    return 1;
}

/* The item, made of its key and zeros if there was none. NULL: memory is short. */
static void *table_add(struct table *t, const void *key, int (*worth)(const void *item))
{
    if (2 * t->count >= t->room && !table_renew(t, worth))
        return NULL;
    uint64_t hash = hash_of(key, t->key), *item = item_place(t, key, hash);
    if (!*item) {
        *item = hash;
        memcpy(item + 1, key, t->key);
        t->count++;
    }
    return item;
}

static void table_empty(struct table *t)
{
    if (t->room > FIRST_ROOM) {
        free(t->items);
        t->items = NULL;
        t->room = 0;
    } else if (t->count) {
        memset(t->items, 0, t->room * t->item);
    }
    t->count = 0;
}
