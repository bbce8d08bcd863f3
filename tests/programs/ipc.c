/* ipc: System V shared memory, semaphores and message queues, and POSIX message queues. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void shared_memory(void)
{
    struct shmid_ds state;
    int id = shmget(IPC_PRIVATE, 8192, IPC_CREAT | IPC_EXCL | 0600);
    void *memory = shmat(id, NULL, 0), *read_only = shmat(id, NULL, SHM_RDONLY);

    shmctl(id, IPC_STAT, &state);
    state.shm_perm.mode = 0640;
    shmctl(id, IPC_SET, &state);
    shmdt(read_only);
    shmdt(memory);
    shmdt(memory);
    shmctl(id, IPC_RMID, NULL);
    shmctl(-1, IPC_STAT, &state);
    shmat(-1, (void *)4096, SHM_RND | SHM_EXEC);
    shmget(0x7e577e57, 4096, 0);
}

static void semaphores(void)
{
    union { int value; struct semid_ds *state; unsigned short *values; } argument;
    struct semid_ds state;
    unsigned short values[3] = {1, 2, 3};
    struct sembuf operations[2] = {{0, -1, SEM_UNDO}, {2, 1, IPC_NOWAIT}}, impossible = {1, -100, IPC_NOWAIT};
    int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);

    argument.values = values;
    semctl(id, 0, SETALL, argument);
    semctl(id, 0, GETALL, argument);
    semop(id, operations, 2);
    semop(id, &impossible, 1);
    semtimedop(id, &impossible, 1, &(struct timespec){0, 1000000});
    argument.values = NULL;
    argument.value = 5;
    semctl(id, 1, SETVAL, argument);
    semctl(id, 1, GETVAL);
    semctl(id, 1, GETPID);
    argument.state = &state;
    semctl(id, 0, IPC_STAT, argument);
    semctl(id, 0, IPC_RMID);
    semop(-1, operations, 1);
    semget(IPC_PRIVATE, -1, 0);
}

static void messages(void)
{
    struct { long type; char text[16]; } message = {7, "message text"};
    struct msqid_ds state;
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

    msgsnd(id, &message, 12, IPC_NOWAIT);
    msgctl(id, IPC_STAT, &state);
    msgrcv(id, &message, sizeof message.text, 0, 0);
    msgrcv(id, &message, sizeof message.text, -5, IPC_NOWAIT | MSG_NOERROR);
    message.type = 0;
    msgsnd(id, &message, 4, 0);
    msgctl(id, IPC_RMID, NULL);
    msgrcv(-1, &message, 1, 0, MSG_EXCEPT);
    msgget(0x7e577e57, 0);
}

static void queues(void)
{
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 32};
    char text[64];
    unsigned priority;
    mqd_t queue;

    mq_unlink("/ptracer-compare");
    queue = mq_open("/ptracer-compare", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attributes);
    mq_send(queue, "queued", 6, 3);
    mq_getattr(queue, &attributes);
    mq_receive(queue, text, sizeof text, &priority);
    mq_receive(queue, text, sizeof text, &priority);
    mq_timedreceive(queue, text, sizeof text, NULL, &(struct timespec){0, 5});
    mq_close(queue);
    mq_unlink("/ptracer-compare");
    mq_open("/missing", O_RDONLY);
}

int main(void)
{
    shared_memory();
    semaphores();
    messages();
    queues();
    return 0;
}
