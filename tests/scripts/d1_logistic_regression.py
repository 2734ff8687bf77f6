"""Two clouds, a model class, SGD with momentum, a picture every 20 iterations."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(2)

sample_nums, mean_value, bias = 100, 1.6, 1
n_data = torch.ones(sample_nums, 2)
x0 = torch.normal(mean_value * n_data, 1) + bias
y0 = torch.zeros(sample_nums)
x1 = torch.normal(-mean_value * n_data, 1) + bias
y1 = torch.ones(sample_nums)
train_x = torch.cat((x0, x1), 0)
train_y = torch.cat((y0, y1), 0)
print(train_x[:5], train_x.mean(0))


class LR(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Linear(2, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return self.sigmoid(self.features(x))


net = LR()
print(net)
print(list(net.named_parameters()))
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
print(optimizer)

for iteration in range(1000):
    y_pred = net(train_x)
    loss = criterion(y_pred.squeeze(), train_y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if iteration % 20 == 0:
        mask = y_pred.ge(0.5).float().squeeze()
        correct = (mask == train_y).sum()
        acc = correct.item() / train_y.size(0)
        plt.scatter(x0.data.numpy()[:, 0], x0.data.numpy()[:, 1], c="r", label="class 0")
        plt.scatter(x1.data.numpy()[:, 0], x1.data.numpy()[:, 1], c="b", label="class 1")
        w0, w1 = net.features.weight[0]
        w0, w1 = float(w0.item()), float(w1.item())
        plot_b = float(net.features.bias[0].item())
        plot_x = np.arange(-6, 6, 0.1)
        plot_y = (-w0 * plot_x - plot_b) / w1
        plt.plot(plot_x, plot_y)
        plt.title(
            f"Iteration: {iteration}\nw0: {w0:.2f} w1: {w1:.2f} b: {plot_b:.2f} acc: {acc:.2%}"
        )
        plt.legend()
        plt.close()
        print(f"iteration {iteration}: loss {loss.data.numpy():.4f}, accuracy {acc:.2%}")
        if acc > 0.99:
            break
print(iteration, net.features.weight, net.features.bias)
