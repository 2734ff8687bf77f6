"""The long listing: data, loaders, a network on a device, training and validation."""

import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset, random_split

os.environ["CUDA_VISIBLE_DEVICES"] = "0,1"
batch_size = 16
lr = 1e-2
max_epochs = 5
device = torch.device("cuda:1" if torch.cuda.is_available() else "cpu")
print("training on", device, device.type)
torch.manual_seed(7)
np.random.seed(7)


class Points(Dataset):
    """Points of the plane, labelled by the quadrant they lie in."""

    def __init__(self, n):
        self.points = np.random.uniform(-1, 1, (n, 2)).astype(np.float32)
        self.labels = (self.points[:, 0] > 0) * 2 + (self.points[:, 1] > 0)

    def __len__(self):
        return len(self.points)

    def __getitem__(self, index):
        point = torch.from_numpy(self.points[index])
        label = torch.tensor(self.labels[index], dtype=torch.long)
        return point, label


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32)
        self.drop = nn.Dropout(p=0.2)
        self.fc2 = nn.Linear(32, 4)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        return self.fc2(self.drop(x))


data = Points(120)
train_data, valid_data = random_split(data, [96, 24])
print(len(train_data), len(valid_data), list(valid_data.indices)[:5])
train_loader = DataLoader(train_data, batch_size=batch_size, shuffle=True, num_workers=0)
valid_loader = DataLoader(valid_data, batch_size=batch_size, shuffle=False)

model = Net().to(device)
print(model)
print(sum(p.numel() for p in model.parameters() if p.requires_grad), "parameters")
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=lr)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)

for epoch in range(max_epochs):
    model.train()
    train_loss, train_hits = [], 0
    for inputs, labels in train_loader:
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        train_loss.append(loss.item())
        train_hits += (outputs.argmax(dim=-1) == labels).sum().item()
    scheduler.step()

    model.eval()
    valid_loss, valid_hits = [], 0
    with torch.no_grad():
        for inputs, labels in valid_loader:
            outputs = model(inputs.to(device))
            valid_loss.append(criterion(outputs, labels.to(device)).item())
            _, predicted = torch.max(outputs.data, 1)
            valid_hits += (predicted.cpu() == labels).sum().item()
    print(
        f"[{epoch + 1:02d}/{max_epochs:02d}] "
        f"train loss {np.mean(train_loss):.4f} acc {train_hits / len(train_data):.3f} | "
        f"valid loss {np.mean(valid_loss):.4f} acc {valid_hits / len(valid_data):.3f} | "
        f"lr {scheduler.get_last_lr()[0]:.5f}"
    )
points, labels = next(iter(train_loader))
print(points.shape, labels)
print({name: tuple(value.shape) for name, value in model.state_dict().items()})
