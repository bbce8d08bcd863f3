/* Which of a record's chunks count: of several at one address the longest, which says more. */

struct chosen {
    const struct chunk **chunk; /* in the order in which their addresses came */
    size_t count, room;
    struct table places; /* in `chunk`, by address */
};

struct place {
    uint64_t hash, address, place;
};

static int chosen_reserve(struct chosen *chosen, size_t count)
{
    if (count <= chosen->room)
        return 1;
    const struct chunk **chunk = realloc(chosen->chunk, count * sizeof *chunk);
    if (!chunk)
        return 0;
    chosen->chunk = chunk;
    chosen->room = count;
    return 1;
}

static int chunk_choose(struct chosen *chosen, const struct chunk *chunk)
{
    size_t known = chosen->places.count;
    struct place *place = table_add(&chosen->places, &chunk->address, NULL);
    if (!place)
        return 0;
    if (chosen->places.count > known) {
        place->place = chosen->count++;
        chosen->chunk[place->place] = chunk;
    } else if (chunk->size > chosen->chunk[place->place]->size) {
        chosen->chunk[place->place] = chunk;
    }
    return 1;
}

/* Of the chunks that lie at `*at`, behind which it then points. 0: memory is short. */
static int chunks_choose(struct chosen *chosen, const char **at, unsigned count)
{
    chosen->places.item = sizeof(struct place);
    chosen->places.key = sizeof(uint64_t);
    chosen->count = 0;
    if (!chosen_reserve(chosen, count))
        return 0;
    for (unsigned i = 0; i < count; i++) {
        const struct chunk *chunk = (const struct chunk *)*at;
        if (count == 1)
            chosen->chunk[chosen->count++] = chunk; /* there are seldom more */
        else if (!chunk_choose(chosen, chunk))
            return 0;
        *at += sizeof *chunk + padded(chunk->size);
    }
    table_empty(&chosen->places);
    return 1;
}

static void chosen_free(struct chosen *chosen)
{
    free(chosen->chunk);
    free(chosen->places.items);
}
