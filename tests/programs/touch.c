/* A file touched by name and by descriptor, and data in one piece and in several. */
#define _GNU_SOURCE
#include <unistd.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <sys/socket.h>
#include <string.h>
int main(){close(open("f1",O_RDWR|O_CREAT|O_TRUNC,0600));symlink("f1","l1");char b[100];int f=open("f1",O_RDWR);int l=open("l1",O_RDONLY);read(f,b,3);write(f,"abc",3);read(l,b,50);dup(f);dup2(f,20);struct stat s;fstat(f,&s);stat("f1",&s);stat("l1",&s);rename("f1","f2");rename("f2","f3");rename("f3","f1");link("f1","f3");unlink("f3");mmap(0,4096,PROT_READ,MAP_PRIVATE,f,0);struct pollfd p={f,POLLIN};poll(&p,1,0);fd_set r;FD_ZERO(&r);FD_SET(f,&r);struct timeval t={0};select(f+1,&r,0,0,&t);struct iovec v[2]={{"one",3},{"twotwo",6}};writev(f,v,2);pwrite(f,"xyz",3,100);char c[10],d[20];struct iovec w[2]={{c,10},{d,20}};lseek(f,0,0);readv(f,w,2);getpid();symlink("f1","f9");unlink("f9");close(999);chdir(".");close(l);
int sp[2];socketpair(AF_UNIX,SOCK_STREAM,0,sp);struct msghdr m={.msg_iov=v,.msg_iovlen=2};sendmsg(sp[0],&m,0);m.msg_iov=w;recvmsg(sp[1],&m,0);send(sp[0],"bytes",5,0);recv(sp[1],b,100,0);
read(f,(void*)1,3);write(f,(void*)1,3);for(int i=0;i<100;i++)b[i]=i;write(f,b,100);close(f);unlink("l1");return 0;}
