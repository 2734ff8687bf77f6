"""More programs that once differed: in what nodes save, what hooks see, and where edits lead."""

FOUND_IN_GRAPHS = {
    "a Function edits a view of a view": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0.index_select(-2, torch.tensor([0, 0]))
        t2 = t1[1]
        t3 = Doubled.apply(t2[...])
        t3.backward(weights(t3))
    """,
    "an edit of a view is no node of its own": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 * t0
        t1.t().mul_(2)
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "filling a view leaves one edge": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        t1 = t0 * 2
        t1.view(-1).fill_(0)
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "a half type saves its result": """
        t0 = torch.tensor([1.5, -0.5, 2.0], dtype=torch.bfloat16, requires_grad=True)
        t1 = t0 * 1
        t2 = t1.exp()
        t1.mul_(2)
        t2.backward(weights(t2), retain_graph=True)
        t2.mul_(2)
        t2.backward(weights(t2))
    """,
    "the largest is saved": """
        t0 = torch.tensor([1.5, -0.5, 2.0], dtype=torch.bfloat16, requires_grad=True)
        t1 = t0.amax(0)
        t1.neg_()
        t1.backward(weights(t1))
    """,
    "of complex numbers the absolute value is not saved": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        t1 = t0.abs()
        t1.tanh_()
        t1.backward(weights(t1))
    """,
    "what is added by an index is not saved": """
        t0 = torch.tensor([[1.0, 2.0], [0.5, -3.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t1.index_add_(0, torch.tensor([0]), t1[:1].detach())
        t1.backward(weights(t1))
    """,
    "what leads nowhere saves nothing": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = t0.view(t0.shape)
        t2 = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
        t3 = t1 * t2
        t2.neg_()
        t3.backward(weights(t3))
    """,
    "an index is freed though it is empty": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0 - t0
        t1[t1 > 0] = 0
        t2 = t1[None]
        t2.backward(weights(t2))
        t2.backward(weights(t2))
    """,
    "a weight that is a number is not freed": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0.exp()
        t1.lerp_(t0, 0.5)
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
        t1.backward(weights(t1))
    """,
    "what is saved follows its tensor to other memory": """
        t0 = torch.tensor([[1.0, 2.0], [0.5, -3.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0[0]
        t2 = t1 ** 2
        t1.data = t2.data
        t2.backward(weights(t2))
    """,
    "a hook stays with a leaf that is given other memory": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        hooks.append(t0.register_hook(lambda g: note('t0', g)))
        t0.data = t0.data
        t0.backward(weights(t0))
        t0.data = t0.data.float()
        t0.grad = None
        t0.backward(weights(t0))
    """,
    "a hook is told that nothing arrives": """
        t0 = torch.tensor([[1.0, 2.0], [0.5, -3.0]], dtype=torch.float64, requires_grad=True)
        t1, u1 = t0.split([1, 1])
        hooks.append(u1.register_hook(lambda g: note('u1', g)))
        t1.backward(weights(t1))
    """,
    "a hook after accumulation runs though nothing is accumulated": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0[1:]
        hooks.append(t0.register_post_accumulate_grad_hook(lambda t: note('after', t.grad)))
        t0.detach_()
        t1.backward(weights(t1))
    """,
    "what backward is asked for runs, and computes nothing more": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = torch.tensor([2.0, 1.0, 0.5], dtype=torch.float64, requires_grad=True)
        t2 = t0 * t1
        t3 = t2 * 2
        hooks.append(t2.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t3.backward(weights(t3), inputs=[t2], retain_graph=True)
        t3.backward(weights(t3), inputs=[t1])
        t2.backward(weights(t2), inputs=[t2])
    """,
    "hooks see gradients of all that is stacked": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = torch.stack([t0.detach(), t0])
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "a divisor has an edge": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 / 2
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "an imaginary part is two views": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        t1 = (t0 * 2).imag
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "a view of what no longer requires grad follows it": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0.t()
        t0.requires_grad_(False)
        t0.mul_(2)
        t1.backward(weights(t1))
    """,
    "a view turned where nothing is recorded": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0.view(t0.shape)
        with torch.no_grad(): t1.unsqueeze_(0)
        t1.backward(weights(t1))
    """,
    "numbers that lie in one place are written once": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0.detach().clone()
        t2 = t1.expand(2, 3)
        t2[[0, -1]] = -1
        t2.copy_(t2)
        t2.add_(1)
        t2[:] = 5
        torch.broadcast_to(t1, (2, 3)).fill_(7)
        t3 = copy.deepcopy(t2)
        t3[0].mul_(2)
    """,
    "a view keeps to its memory when its base is given another": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0[1:]
        t0.data = t0.squeeze().data
        with torch.no_grad(): t1.mul_(2)
        t2 = t0 * 2
    """,
    "a Function where nothing is recorded": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = Doubled.apply(t0)
        t2 = t0 * 1
        t2.retain_grad()
        t2.sum().backward()
        t3 = Doubled.apply(t2)
    """,
    "what only a lost gradient would read is not saved": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = t0.view(t0.shape)
        t2 = 0 * t1
        t2.backward(weights(t2))
        t2.backward(weights(t2))
        t3 = t1 * t1
        t3.backward(weights(t3))
        t3.backward(weights(t3))
        t4 = torch.maximum(t1, t1)
        t4.backward(weights(t4))
        t4.backward(weights(t4))
        t5 = t1 ** 2
        t5.backward(weights(t5))
        t5.backward(weights(t5))
    """,
    "a gradient that arrives is of the shape that was recorded": """
        t0 = torch.tensor([[3.0, -1.0, 1.0], [2.0, 1.0, 0.0]], requires_grad=True)
        t1 = torch.where(t0 > 0, t0, t0)
        t2 = t1 * t0
        modes.append(torch.no_grad()); modes[-1].__enter__()
        t1.unsqueeze_(0)
        t1.backward(weights(t1))
        t2.t_()
        t2.backward(weights(t2))
    """,
    "a view that a Function gives where nothing is recorded": """
        t0 = torch.tensor([[1.0, 2.0], [0.5, -3.0]], requires_grad=True)
        t1 = t0.abs()
        with torch.inference_mode(): t2 = Parted.apply(t1)[0]
        t2.mul_(2)
        with torch.no_grad(): t3 = Parted.apply(t1)[0]
        t1.mul_(2)
    """,
    "a view of all of its base": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0.view(t0.shape)
        t1.data = t0.data
        with torch.no_grad(): t1[1:].zero_()
        t1.backward(weights(t1))
    """,
    "a refused Function has forgotten the gradient": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0.reshape(-1)
        t1.retain_grad()
        t2 = t1.cumsum(-1)
        t2.backward(weights(t2), retain_graph=True)
        t3 = Doubled.apply(t1)
    """,
    "a Function's gradient of what leads nowhere": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = t0.view(t0.shape)
        t2 = Parted.apply(t1)[0]
        hooks.append(t2.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        torch.autograd.backward([t2, t0], [weights(t2), weights(t0)])
    """,
    "what is saved may not be detached in place": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 + t0
        t2 = t1 ** 2
        t3 = t1 + 1
        t1.detach_()
        t3.backward(weights(t3))
        t2.backward(weights(t2))
        t4 = (t0 * 2).exp()
        t5 = t4 * 3
        t4.detach_()
        t5.backward(weights(t5))
    """,
    "hooks of a view that follows nothing wait until it is a leaf": """
        t0 = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
        t1 = t0 * 2
        with torch.no_grad(): t2 = t1.view(t1.shape)
        hooks.append(t2.register_hook(lambda g: note('t2', g)))
        hooks.append(t2.register_hook(lambda g: g * 2))
        t1.backward(retain_graph=True)
        t2.requires_grad_()
        t2.backward()
    """,
    "leaves come in the order of a heap": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = torch.ones_like(t0, requires_grad=True)
        t2 = torch.ones_like(t0, requires_grad=True)
        t3 = torch.ones_like(t0, requires_grad=True)
        t4 = torch.ones_like(t0, requires_grad=True)
        t5 = torch.ones_like(t0, requires_grad=True)
        t6 = torch.ones_like(t0, requires_grad=True)
        hooks.append(t0.register_hook(lambda g: note('t0', g)))
        hooks.append(t1.register_hook(lambda g: note('t1', g)))
        hooks.append(t2.register_hook(lambda g: note('t2', g)))
        hooks.append(t3.register_hook(lambda g: note('t3', g)))
        hooks.append(t4.register_hook(lambda g: note('t4', g)))
        hooks.append(t5.register_hook(lambda g: note('t5', g)))
        hooks.append(t6.register_hook(lambda g: note('t6', g)))
        t7 = torch.stack([t4, t2, t0, t6, t5, t3, t1])
        t7.backward(weights(t7))
        t8 = torch.addcmul(t3, t2 * t5, t1)
        t8.backward(weights(t8))
    """,
    "what is saved for its version alone may not be an inference tensor": """
        t0 = torch.tensor([[1.0, 2.0, -1.0], [0.5, -3.0, 0.0]], requires_grad=True)
        with torch.inference_mode(): t1 = t0 * 2
        with torch.no_grad(): t2 = t0.view(t0.shape)
        t3 = torch.maximum(t2, t1)
    """,
}
