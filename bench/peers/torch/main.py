"""PyTorch as a peer, eager or through torch.compile."""

import importlib

from protocol import serve


def open_session(assignment):
    import torch

    torch.set_num_threads(assignment["threads"])
    torch.manual_seed(1)
    workload = importlib.import_module(assignment["workload"].lower())
    # A step as it is, or compiled.
    optimize = torch.compile if assignment["compile"] else lambda function: function
    name = f"PyTorch {torch.__version__}, {assignment['threads']} threads"
    if assignment["compile"]:
        name += ", torch.compile"
    return name, workload.open_session(assignment["case"], assignment["sizes"], optimize)


serve(open_session)
