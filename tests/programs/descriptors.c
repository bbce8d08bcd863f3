/* Descriptors of every kind, for what is shown behind them. */
#define _GNU_SOURCE
#include <unistd.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/socket.h>
#include <sys/select.h>
#include <sys/un.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <linux/netlink.h>
int main(){
 char b[100];
 int f=open("fds_file",O_RDWR|O_CREAT|O_TRUNC,0600); write(f,"x",1); unlink("fds_file"); write(f,"y",1);
 int d=open("/",O_RDONLY|O_DIRECTORY); int e=openat(d,"etc/passwd",O_RDONLY); fstat(e,(void*)b);
 int n=open("/dev/null",O_RDWR); write(n,"z",1); int z=open("/dev/zero",O_RDONLY); mmap(0,4096,PROT_READ,MAP_PRIVATE,e,0);
 int p[2]; pipe(p); write(p[1],"a",1); read(p[0],b,1); int q=dup(p[0]); dup2(p[0],q); fcntl(q,F_DUPFD,20); fcntl(q,F_GETFD);
 int ev=eventfd(5,EFD_SEMAPHORE); write(ev,"\1\0\0\0\0\0\0\0",8);
 sigset_t s; sigemptyset(&s); sigaddset(&s,SIGUSR1); sigaddset(&s,SIGCHLD); sigaddset(&s,40); int sf=signalfd(-1,&s,0); signalfd(sf,&s,0);
 int tf=timerfd_create(CLOCK_MONOTONIC,0); int in=inotify_init1(0); inotify_add_watch(in,".",IN_CREATE);
 int ep=epoll_create1(0); struct epoll_event ee={.events=EPOLLIN,.data.fd=p[0]}; epoll_ctl(ep,EPOLL_CTL_ADD,p[0],&ee); epoll_wait(ep,&ee,1,0);
 int pf=syscall(SYS_pidfd_open,getpid(),0); fcntl(pf,F_GETFL);
 int mf=memfd_create("mem",0); write(mf,"q",1);
 int nl=socket(AF_NETLINK,SOCK_RAW,NETLINK_ROUTE); struct sockaddr_nl sn={AF_NETLINK}; bind(nl,(void*)&sn,sizeof sn); fcntl(nl,F_GETFL);
 int t=socket(AF_INET,SOCK_STREAM,0); struct sockaddr_in a={AF_INET,htons(0),{htonl(INADDR_LOOPBACK)}}; bind(t,(void*)&a,sizeof a); listen(t,1); socklen_t l=sizeof a; getsockname(t,(void*)&a,&l);
 int c=socket(AF_INET,SOCK_STREAM,0); connect(c,(void*)&a,sizeof a); int ac=accept(t,0,0); write(c,"hi",2); read(ac,b,2);
 int u=socket(AF_INET,SOCK_DGRAM,0); fcntl(u,F_GETFL); connect(u,(void*)&a,sizeof a); send(u,"x",1,0); int u6=socket(AF_INET6,SOCK_DGRAM,0); struct sockaddr_in6 a6={AF_INET6}; a6.sin6_addr=in6addr_loopback; a6.sin6_port=htons(9); connect(u6,(void*)&a6,sizeof a6); write(u6,"x",1);
 int c6=socket(AF_INET6,SOCK_STREAM,0); bind(c6,(void*)&a6,sizeof a6); listen(c6,1); fcntl(c6,F_GETFL);
 int un=socket(AF_UNIX,SOCK_STREAM,0); struct sockaddr_un su={AF_UNIX,"fds.sock"}; unlink("fds.sock"); bind(un,(void*)&su,sizeof su); listen(un,1); int uc=socket(AF_UNIX,SOCK_STREAM,0); connect(uc,(void*)&su,sizeof su); int ua=accept(un,0,0); write(uc,"k",1); read(ua,b,1);
 int sp[2]; socketpair(AF_UNIX,SOCK_STREAM,0,sp); write(sp[0],"w",1);
 int ab=socket(AF_UNIX,SOCK_DGRAM,0); struct sockaddr_un sa={AF_UNIX,"\0abs"}; bind(ab,(void*)&sa,6); fcntl(ab,F_GETFL);
 int rw=socket(AF_INET,SOCK_RAW,IPPROTO_ICMP); fcntl(rw,F_GETFL); int pk=socket(AF_PACKET,SOCK_RAW,0); fcntl(pk,F_GETFL);
 struct pollfd pfd[2]={{p[0],POLLIN},{p[1],POLLOUT}}; poll(pfd,2,0); fd_set r; FD_ZERO(&r); FD_SET(p[0],&r); FD_SET(0,&r); struct timeval tv={0}; select(ac+1,&r,0,0,&tv); 
 char cb[CMSG_SPACE(8)]; struct iovec io={"m",1}; struct msghdr mh={.msg_iov=&io,.msg_iovlen=1,.msg_control=cb,.msg_controllen=sizeof cb}; struct cmsghdr*cm=CMSG_FIRSTHDR(&mh); cm->cmsg_level=SOL_SOCKET;cm->cmsg_type=SCM_RIGHTS;cm->cmsg_len=CMSG_LEN(8); int two[2]={e,n}; memcpy(CMSG_DATA(cm),two,8); sendmsg(sp[0],&mh,0); io.iov_base=b; io.iov_len=50; mh.msg_controllen=sizeof cb; recvmsg(sp[1],&mh,0);
 close(e); close(e); close(999); mkdirat(AT_FDCWD,"zz\"q\n<>",0700); int sd=open("zz\"q\n<>",O_RDONLY); fchmod(sd,0755); rmdir("zz\"q\n<>"); fchmod(sd,0700);
 kill(getpid(),0); char buf[10]; readlink("/proc/self/fd/0",buf,10); access("/etc/passwd",R_OK); struct stat st; fstatat(AT_FDCWD,"etc",&st,0); close_range(3,500,0); fchdir(d); openat(AT_FDCWD,"etc",O_RDONLY|O_DIRECTORY); return 0;}
