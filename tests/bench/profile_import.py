import importlib, time, cProfile, pstats
from collections import defaultdict
from django.db import connection
B = importlib.import_module("tests.bench.import")
def run(bench):
    from contacts.services.imports.start import start, Upload, Starter
    from accounts.models import User
    bench.on("import", B._load)
    file=B._file(bench.size)
    user=User.objects.administrators().get()
    imported=start(Upload("p.csv",[file]),{},Starter(user.pk),B.clock.now())
    agg=defaultdict(lambda:[0,0.0])
    def wrap(execute, sql, params, many, context):
        t=time.perf_counter()
        try: return execute(sql,params,many,context)
        finally:
            k=" ".join(str(sql).split())[:110]
            agg[k][0]+=1; agg[k][1]+=time.perf_counter()-t
    import gc,os; gc.collect(); (gc.freeze() if os.environ.get("FREEZE") else None); (gc.disable() if os.environ.get("NOGC") else None)
    pr=cProfile.Profile(time.process_time)
    def back():
        f=open(f"/proc/{bpid}/stat").read().rsplit(")",1)[1].split(); return (int(f[11])+int(f[12]))/100
    with connection.cursor() as c: c.execute("select pg_backend_pid()"); bpid=c.fetchone()[0]
    b0=back(); p0=time.process_time()
    t=time.perf_counter()
    with connection.execute_wrapper(wrap):
        (pr.enable() if os.environ.get("PROF") else None); B._work(); (pr.disable() if os.environ.get("PROF") else None)
    tot=time.perf_counter()-t
    pc=time.process_time()-p0; bc=back()-b0
    print("total",tot, bench.size/tot, "CPU python",pc,"backend",bc,"rows/s cpu",bench.size/(pc+bc))
    for k,(n,s) in sorted(agg.items(),key=lambda x:-x[1][1])[:22]: print(f"{s:8.3f}s {n:5d}  {k}")
    print("sql total",sum(v[1] for v in agg.values()))
    if os.environ.get("PROF"): pstats.Stats(pr).sort_stats("tottime").print_stats(35)
def run2(bench):
    bench.on("import", B._load)
    with connection.cursor() as c: c.execute("select pg_backend_pid()"); bpid=c.fetchone()[0]
    def back():
        f=open(f"/proc/{bpid}/stat").read().rsplit(")",1)[1].split(); return (int(f[11])+int(f[12]))/100
    file=B._file(bench.size); b0=back(); p0=time.process_time(); t=time.perf_counter()
    B._by_hand(file)
    print("LIMIT", time.perf_counter()-t, "py", time.process_time()-p0, "backend", back()-b0)
if __import__("os").environ.get("LIMIT"): run=run2
