/* Records in the making: an entry, and the exit that makes it whole. */

static int64_t cpu_of(const struct rusage *usage)
{
    return (int64_t)usage->ru_stime.tv_sec * 1000000000 + usage->ru_stime.tv_usec * 1000;
}

static int word_of(uint32_t arch, uint64_t number)
{
    int x32 = number & 0x40000000u && number != UINT64_MAX; /* -1 is a call to be skipped */
    return arch & ARCH_64BIT && !x32 ? 8 : 4;
}

/* The entry goes to the pending buffer, unless something else waits there: that is older, and open. 0: given up. */
static int record_entry(Capture *c, struct thread *t, const struct syscall_info *info)
{
    struct ring *r = &c->ring;
    pthread_mutex_lock(&r->lock);
    int flushed = ring_flush_pending(r);
    pthread_mutex_unlock(&r->lock);
    if (!flushed)
        return 0;
    struct buffer *b = &r->pending;
    b->used = sizeof(struct record);
    struct copying copying = {b, 0, t->tid, word_of(t->arch, t->number), t->args, 0, b->used + MOST_OF_RECORD};
    copy_by_plan(&copying, &t->plan->entry);
    struct record *record = (struct record *)b->data;
    memset(record, 0, sizeof *record);
    record->kind = ENTRY;
    record->size = b->used;
    record->entry_chunks = copying.chunks;
    record->tid = t->tid;
    record->arch = t->arch;
    record->number = t->number;
    memcpy(record->args, t->args, sizeof record->args);
    record->pointer = info->instruction_pointer;
    record->start = now();
    pthread_mutex_lock(&r->lock);
    r->pending_valid = 1;
    if (r->consumer_waits) {
        r->consumer_waits = 0;
        pthread_cond_signal(&r->filled);
    }
    pthread_mutex_unlock(&r->lock);
    return 1;
}

static int record_exit(Capture *c, struct thread *t, const struct syscall_info *info, int64_t end, int64_t cpu)
{
    struct ring *r = &c->ring;
    struct buffer *b;
    int done = 1;
    pthread_mutex_lock(&r->lock);
    struct record *record = (struct record *)r->pending.data;
    if (r->pending_valid && record->tid == t->tid) {
        r->pending_valid = 0; /* ours again */
        b = &r->pending;
    } else {
        done = ring_flush_pending(r);
        b = &c->scratch;
        record = (struct record *)b->data;
        memset(record, 0, sizeof *record);
        record->kind = EXIT;
        record->tid = t->tid;
        b->used = sizeof *record;
    }
    pthread_mutex_unlock(&r->lock);
    if (!done)
        return 0;
    struct copying copying = {b, 0, t->tid, word_of(t->arch, t->number), t->args, info->exit.rval,
                              b->used + MOST_OF_RECORD};
    if (!info->exit.is_error || t->plan->exit_on_error)
        copy_by_plan(&copying, &t->plan->exit);
    record = (struct record *)b->data;
    if (record->kind == ENTRY)
        record->kind = CALL;
    record->exit_chunks = copying.chunks;
    record->size = b->used;
    record->end = end;
    record->cpu = cpu;
    record->result = info->exit.rval;
    record->failed = info->exit.is_error;
    pthread_mutex_lock(&r->lock);
    done = ring_put(r, b->data, b->used);
    pthread_mutex_unlock(&r->lock);
    return done;
}
