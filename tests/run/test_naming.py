"""Under `funcgrad run` a class goes by PyTorch's name, and is found under it."""

import json
import subprocess
import sys
import textwrap

PUBLIC = ("", "nn", "optim", "optim.lr_scheduler", "utils.data", "autograd", "distributions")
SCRIPT = textwrap.dedent(
    """
    import importlib, inspect, json, pickle, sys, torch

    def named(root, public):
        found = {}
        for part in public:
            module = importlib.import_module(f"{root}.{part}".rstrip("."))
            for name, value in vars(module).items():
                if inspect.isclass(value) and not name.startswith("_"):
                    found[f"{part}.{name}"] = value
        return found

    classes = named("torch", json.loads(sys.argv[1]))
    print(json.dumps({name: repr(found) for name, found in classes.items()}))
    if "funcgrad" in torch.__version__:
        lost = [n for n, found in classes.items() if pickle.loads(pickle.dumps(found)) is not found]
        print(json.dumps(lost))
    """
)


def test_types_print_and_pickle_as_pytorchs(tmp_path, oracle):
    script = tmp_path / "classes.py"
    script.write_text(SCRIPT)

    def printed(*command):
        arguments = [sys.executable, *command, str(script), json.dumps(PUBLIC)]
        ran = subprocess.run(arguments, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in ran.stdout.splitlines()]

    (theirs,), (ours, lost) = printed(), printed("-m", "funcgrad", "run")
    both = ours.keys() & theirs.keys()
    assert len(both) > 200
    # It is pickled by its class, and `torch._C` is PyTorch's compiled core.
    assert ours[".Generator"] == "<class 'torch.Generator'>"
    differing = {n: (ours[n], theirs[n]) for n in both - {".Generator"} if ours[n] != theirs[n]}
    assert differing == {}
    assert lost == []
